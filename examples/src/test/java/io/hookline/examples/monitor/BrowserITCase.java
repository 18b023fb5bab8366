/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.SourceRecord;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page in a real browser, over a real broker. */
@Tag("browser")
final class BrowserITCase {
    private static final List<String> VIEWS =
            List.of("overview", "alerts", "events", "signals", "compare", "job");

    private static SampleTopics topics;
    private static Monitor monitor;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        topics = new SampleTopics();
        topics.writeAll();
        monitor = Monitor.start(topics.settings(MonitorSettings.BYTES_PER_SECOND));
        new MonitorPage(monitor.address()).await("pairs", pairs -> pairs.size() == 1);
        new MonitorPage(monitor.address())
                .await("alerts", alerts -> alerts.path("changes").size() == 3);
        browser = Browser.start(monitor.address());
    }

    @AfterAll
    static void stop() {
        browser.close();
        monitor.close();
        topics.close();
    }

    @BeforeEach
    void forget() {
        browser.wide();
        browser.forget();
    }

    static Stream<Arguments> looks() {
        return VIEWS.stream()
                .flatMap(
                        view ->
                                Stream.of(
                                        Arguments.of(view, "light", true),
                                        Arguments.of(view, "dark", true),
                                        Arguments.of(view, "dark", false)));
    }

    /** axe-core knows contrast, names, roles, landmarks and the order of headings. */
    @ParameterizedTest
    @MethodSource("looks")
    void view_inEveryTheme_hasNoBarrier(String view, String theme, boolean wide) throws Exception {
        if (!wide) {
            browser.narrow();
        }
        browser.theme(theme);
        browser.open(view);
        browser.awaitContent();

        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.barriers()).isEmpty();
        assertThat(browser.number("return document.documentElement.scrollWidth - innerWidth"))
                .as("nothing sticks out at the side")
                .isLessThanOrEqualTo(0);
    }

    @Test
    void prompt_withMarkup_isTextAndNothingElse() {
        browser.open("events");
        browser.await("Ticket from <img src=x onerror=");
        assertThat(browser.all(By.cssSelector("main img, main script, main b"))).isEmpty();
        assertThat(browser.title()).isEqualTo("Events · Hookline monitor");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void alert_opened_leadsDownToPromptAndActivations() {
        browser.open("overview");
        browser.click(By.linkText("angry-customers"));
        browser.await("a customer of acme writes in anger");
        browser.await("Ticket from <img src=x");
        browser.await("Dear <b>Noah</b>");
        assertThat(browser.all(By.cssSelector(".heatmap canvas"))).isNotEmpty();
        assertThat(browser.address()).endsWith("#/alerts/f1");
    }

    @Test
    void alert_thatComesWhileOneLooks_isSaidAloud() throws Exception {
        browser.open("signals");
        browser.awaitContent();
        SourceRecord source = topics.ask("loud", "Hello");
        topics.write(
                "alerts", "f9", SampleRecords.alert(source, "loud", "f9", "firing", "warning"));
        browser.awaitText(By.cssSelector("[role=alert]"), "warning alert odd-norms: a customer");
        topics.write(
                "alerts", "f9", SampleRecords.alert(source, "loud", "f9", "resolved", "warning"));
    }

    @Test
    void heatmap_byKeyboard_readsCellsAndHasATable() {
        browser.open("events");
        browser.awaitContent();
        browser.open("events/" + browser.keyOf("plain"));
        browser.await("Dear <b>Noah</b>");
        browser.press(By.cssSelector(".heatmap .chart"), Keys.HOME, Keys.PAGE_DOWN);
        browser.awaitText(
                By.cssSelector(".heatmap .reading"), "model.model.layers.0.output, token 0");
        assertThat(browser.text(By.cssSelector(".heatmap .reading"))).endsWith(": 10");
        browser.press(By.cssSelector(".heatmap .chart"), Keys.ARROW_UP, Keys.ARROW_RIGHT);
        assertThat(browser.text(By.cssSelector(".heatmap .reading"))).endsWith(": 21");

        browser.click(By.cssSelector(".heatmap summary"));
        assertThat(browser.text(By.cssSelector(".heatmap tbody tr:last-child td"))).isEqualTo("10");
    }

    @Test
    void tree_byKeyboard_choosesWhatTheHeatmapShows() {
        browser.open("events/" + browser.keyOf("plain"));
        browser.await("Dear <b>Noah</b>");
        By root = By.cssSelector("[role=treeitem][tabindex='0']");
        browser.press(root, Keys.HOME);
        browser.press(root, Keys.ARROW_DOWN);
        browser.press(root, Keys.ARROW_DOWN);
        browser.press(root, Keys.ARROW_RIGHT);
        browser.press(root, Keys.ARROW_RIGHT);
        browser.press(root, Keys.ENTER);
        assertThat(browser.text(By.cssSelector("[role=treeitem][aria-selected=true]")))
                .startsWith("0");
        assertThat(browser.attribute(By.cssSelector(".heatmap .chart"), "aria-label"))
                .contains("1 modules by 11 tokens");
    }

    @Test
    void pair_sideBySide_marksWhatSteeringChanged() {
        browser.open("compare");
        browser.await("steered by calm");
        assertThat(browser.text(By.cssSelector("del"))).isEqualTo("Dear");
        assertThat(browser.text(By.cssSelector("ins"))).isEqualTo("Hi");
        browser.press(By.cssSelector(".grid > div:last-child .chart"), Keys.PAGE_UP, Keys.HOME);
        assertThat(browser.text(By.cssSelector(".grid > div:last-child .reading")))
                .endsWith(": 25");
    }

    @Test
    void signal_chart_drawsAPointForEachValueAndItsThresholds() {
        browser.open("signals");
        browser.awaitContent();
        browser.press(By.cssSelector(".chart"), Keys.END);
        browser.awaitText(By.cssSelector(".reading"), "of event plain");
        browser.press(By.cssSelector(".chart"), Keys.ENTER);
        browser.await("Dear <b>Noah</b>");
    }

    @Test
    void skipLink_isTheFirstStop_andLeadsToTheContent() {
        browser.open("overview");
        browser.awaitContent();
        browser.press(By.tagName("body"), Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Skip to content");
        browser.pressFocused(Keys.ENTER);
        assertThat(browser.text("return document.activeElement.id")).isEqualTo("view");
    }

    @Test
    void theme_chosen_staysChosen() {
        browser.open("overview");
        browser.choose("theme", "dark");
        browser.open("job");
        assertThat(browser.text("return getComputedStyle(document.documentElement).colorScheme"))
                .isEqualTo("dark");
    }

    @Test
    void updates_paused_waitUntilTheyAreWanted() throws Exception {
        browser.open("events");
        browser.awaitContent();
        browser.click(By.xpath("//button[text()='Pause updates']"));
        SourceRecord source = topics.ask("paused", "Hello");
        topics.write("results", "paused", SampleRecords.result(source, "paused", "", false));
        new MonitorPage(monitor.address())
                .await("events", events -> events.toString().contains("\"paused\""));
        assertThat(browser.all(By.linkText("paused"))).isEmpty();
        browser.click(By.xpath("//button[text()='Pause updates']"));
        browser.await("paused");
    }
}

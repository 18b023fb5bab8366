/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a screen, on the monitor's page. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(30);
    private static final String AXE = axe();

    private final ChromeDriver driver;
    private final String address;

    private Browser(ChromeDriver driver, String address) {
        this.driver = driver;
        this.address = address;
    }

    static Browser start(String address) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build();
        return new Browser(new ChromeDriver(service, options), address);
    }

    void wide() {
        size(1400, 1000);
    }

    void narrow() {
        size(420, 900);
    }

    private void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** What the system prefers. */
    void theme(String preferred) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", preferred))));
    }

    /** Drops what the page has stored, and what the browser has complained about. */
    void forget() {
        driver.get(address);
        driver.executeScript("localStorage.clear()");
        theme("light");
        complaints();
    }

    /** Opens a view anew. */
    void open(String view) {
        driver.get("about:blank");
        driver.get(address + "#/" + view);
    }

    /** Waits until the content has that text. */
    void await(String text) {
        awaitText(By.tagName("main"), text);
    }

    void awaitText(By place, String text) {
        until(
                () ->
                        driver.findElements(place).stream()
                                .anyMatch(element -> content(element).contains(text)),
                text);
    }

    /** Waits until the view has heard of the topics. */
    void awaitContent() {
        awaitText(By.id("connection-text"), "live");
        until(() -> !all(By.cssSelector("main canvas, main table")).isEmpty(), "content");
    }

    /** Lists may be drawn anew between the look and what is done, so it is done again. */
    private void until(BooleanSupplier done, String what) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (done.getAsBoolean()) {
                    return;
                }
            } catch (StaleElementReferenceException | NoSuchElementException e) {
                // It will be there again.
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "no '%s' in:%n%s".formatted(what, text(By.tagName("body"))));
            }
        }
    }

    private static String content(WebElement element) {
        return String.valueOf(element.getDomProperty("textContent"));
    }

    List<WebElement> all(By place) {
        return driver.findElements(place);
    }

    String text(By place) {
        return content(driver.findElement(place));
    }

    String attribute(By place, String name) {
        return String.valueOf(driver.findElement(place).getDomAttribute(name));
    }

    String text(String script) {
        return String.valueOf(driver.executeScript(script));
    }

    long number(String script) {
        return Long.parseLong(text(script));
    }

    String title() {
        return driver.getTitle();
    }

    String address() {
        return driver.getCurrentUrl();
    }

    String focused() {
        return driver.switchTo().activeElement().getText();
    }

    void click(By place) {
        until(
                () -> {
                    driver.findElement(place).click();
                    return true;
                },
                place.toString());
    }

    void choose(String select, String value) {
        click(By.cssSelector("#%s option[value=%s]".formatted(select, value)));
    }

    void press(By place, Keys... keys) {
        for (Keys key : keys) {
            until(
                    () -> {
                        driver.findElement(place).sendKeys(key);
                        return true;
                    },
                    place.toString());
        }
    }

    void pressFocused(Keys key) {
        driver.switchTo().activeElement().sendKeys(key);
    }

    /** The key of an event in addresses. */
    String keyOf(String eventId) {
        return text(
                "const r = new XMLHttpRequest(); r.open('GET', '/api/find?key=%s', false); r.send(); return encodeURIComponent(JSON.parse(r.responseText).key)"
                        .formatted(eventId));
    }

    /** What axe-core finds, as texts. */
    List<String> barriers() {
        driver.executeScript(AXE);
        Object found =
                driver.executeAsyncScript(
                        """
                        const done = arguments[arguments.length - 1];
                        axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})
                          .then(r => done(r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 200) + ' ' + n.failureSummary))))
                          .catch(e => done([String(e)]));
                        """);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /** Errors, and what the content security policy has blocked, since the last call. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(
                        entry ->
                                entry.getLevel().intValue()
                                        >= java.util.logging.Level.SEVERE.intValue())
                .map(LogEntry::getMessage)
                // Whether an event's prompt is still there is asked, and may be answered with no.
                .filter(message -> !message.contains("/api/prompt"))
                .toList();
    }

    void screenshot(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }

    private static String axe() {
        try (InputStream in =
                Browser.class.getResourceAsStream(
                        "/META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            String script =
                    "/META-INF/resources/webjars/axe-core/%s/axe.min.js"
                            .formatted(properties.getProperty("version"));
            try (InputStream file = Browser.class.getResourceAsStream(script)) {
                return new String(file.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Set;

/**
 * Which requests are answered: those that a page of this server makes, or a person who typed its
 * address. A page from elsewhere cannot read topics through a browser on this machine, whatever
 * name it gives the loopback address.
 */
final class RequestGuard {
    private final Set<String> hosts;

    RequestGuard(int port) {
        hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
    }

    /** Why a request is refused; an empty text when it is not. */
    String refusal(String method, Headers headers) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return "only GET is answered";
        }
        List<String> host = headers.getOrDefault("Host", List.of());
        if (host.size() != 1 || !hosts.contains(host.get(0))) {
            return "the host must be one of " + hosts;
        }
        String origin = headers.getFirst("Origin");
        if (origin != null && !hosts.contains(origin.replaceFirst("^http://", ""))) {
            return "the origin must be one of " + hosts;
        }
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return "requests from other sites are not answered";
        }
        return "";
    }
}

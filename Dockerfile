# Build: the whole toolchain. Result: the binary, the viewer and four Debian libraries.
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      libsqlite3-dev libssl-dev zlib1g-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product atelier \
 && install -s "$(swift build -c release --static-swift-stdlib --show-bin-path)/atelier" /usr/local/bin/atelier

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libsqlite3-0 libssl3 zlib1g ca-certificates curl && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/atelier atelier \
 && install -d -o atelier -g atelier /var/lib/atelier
COPY --from=build /usr/local/bin/atelier /usr/local/bin/atelier
COPY public /usr/local/share/atelier/public
COPY openapi.yaml /usr/local/share/atelier/openapi.yaml
USER atelier
VOLUME /var/lib/atelier
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s \
  CMD curl -fsS http://127.0.0.1:8080/healthz || exit 1
ENTRYPOINT ["atelier"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--behind-proxy", "--data", "/var/lib/atelier"]

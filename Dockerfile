# The program in an image of its own: `docker compose build`, or `docker build .`
# The caches of the build need BuildKit, which Docker has since 23.

FROM rust:1.94-slim-bookworm AS build
WORKDIR /src
COPY . .
# Crates and what was compiled of them stay for the next build. Cargo goes by the age of a file, and
# an unpacked archive may have changed files that are older than the last build: hence `touch`.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    find services migrations examples -type f -exec touch {} + \
    && cargo build --release --locked --package cairn --bin cairn \
    && cp target/release/cairn /usr/local/bin/cairn

# Time zones and the roots of TLS are in the program; it needs nothing but the C library, of the
# Debian that it was built on.
FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Cairn" \
    org.opencontainers.image.description="The reporting ledger of EU-funded partnerships" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /usr/local/bin/cairn /usr/local/bin/cairn
# A number and not a name, so that an orchestrator sees that it is not root. A new volume in /data
# takes its owner from here.
RUN install -d -m 700 -o 10001 -g 10001 /data
USER 10001:10001
ENV CAIRN_DATA=/data CAIRN_LISTEN=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["cairn"]
CMD ["serve"]

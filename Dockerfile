# The image of the service, without a database:
#
#   docker build --tag menagerie .
#   docker run --rm --publish 127.0.0.1:8080:8080 --env MONGODB_URI='mongodb://…' menagerie
#
# `docker run … menagerie check` runs another command; compose.yaml adds a MongoDB and loads the data.
# The embedded database stays out: it is under the GPL-2.0-only, so that whoever passes the image on would have to pass
# on its sources too; it would double the size; and what it stores would go with the container.
# Nothing here needs BuildKit. scripts/image-check runs these steps without an engine; it refuses what it does not know.

FROM node:24-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
# The pages offer the sample queries, their own are typed by the schema, and they show the version.
COPY schema/schema.graphql /build/schema/schema.graphql
COPY Cargo.toml /build/Cargo.toml
COPY schema/operations /build/schema/operations
COPY web ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS server
WORKDIR /build
# The dependencies in a layer of their own, which lasts until Cargo.lock changes. What was built of the empty package is
# removed: Docker keeps the files' times, so that cargo could take it for newer than the sources.
COPY Cargo.toml Cargo.lock build.rs ./
RUN mkdir src \
 && echo '//! Empty.' > src/lib.rs \
 && printf '//! Empty.\nfn main() {}\n' > src/main.rs \
 && cargo build --release --locked \
 && cargo clean --release --locked --package menagerie
COPY schema schema
COPY seed seed
COPY --from=web /build/web/dist web/dist
# The pages that the server makes ask what the scripts ask.
COPY web/src/dashboard/operations web/src/dashboard/operations
COPY src src
RUN cargo build --release --locked

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Menagerie" \
      org.opencontainers.image.description="A GraphQL API over MongoDB for diplomatic gifts of animals" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin menagerie
# For `tlsCAFile=/etc/ssl/certs/ca-certificates.crt` in MONGODB_URI; without it the driver trusts the roots built into it.
COPY --from=server /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=server /build/target/release/menagerie /usr/local/bin/
COPY seed/seed.sh scripts/healthcheck.sh /usr/local/bin/
ENV MENAGERIE_BIND=0.0.0.0:8080
# As numbers, so that Kubernetes can tell that it is not root.
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["healthcheck.sh"]
ENTRYPOINT ["menagerie"]
CMD ["serve"]

# One image for API, worker, init and the demo; docker-compose.yml says which command each runs. The base's tag keeps the
# major versions of Node and Debian, and gets their security fixes with `docker compose build --pull`; NODE_IMAGE names
# another one, also by digest (docs/operations.md, "Docker Compose").
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# What is installed depends on these alone, so that a change of the sources installs nothing again.
COPY package.json package-lock.json ./
COPY packages/cli/package.json packages/cli/
COPY packages/core/package.json packages/core/
COPY packages/delivery/package.json packages/delivery/
COPY packages/runtime/package.json packages/runtime/
COPY packages/store/package.json packages/store/
COPY services/api/package.json services/api/
COPY services/console/package.json services/console/
COPY services/worker/package.json services/worker/
RUN npm ci --no-audit --no-fund
COPY tsconfig.base.json tsconfig.build.json LICENSE ./
COPY packages packages
COPY services services
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund \
 # The console is static files that are built; of everything else JavaScript runs, and the scripts for Redis beside it.
 && rm -rf services/console/node_modules services/console/src services/console/index.html node_modules/.package-lock.json \
 && find node_modules packages services -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.[mc]ts' -o -name '*.map' -o -name '*.tsbuildinfo' -o -name 'tsconfig*.json' \) -delete \
 && find packages services -type d -empty -delete

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Posthorn" \
      org.opencontainers.image.description="Webhook sender for mail servers" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Commands run by npm, which would ask its registry for news of itself.
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/var/lib/posthorn NPM_CONFIG_UPDATE_NOTIFIER=false
WORKDIR /app
RUN mkdir -p /var/lib/posthorn && chown node:node /var/lib/posthorn && chmod 700 /var/lib/posthorn
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY --from=build /app/services services
# By number, so that Kubernetes sees that it is not root.
USER 1000:1000
VOLUME /var/lib/posthorn
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s CMD ["node", "packages/cli/bin/healthcheck.mjs"]
CMD ["node", "services/api/dist/main.js"]

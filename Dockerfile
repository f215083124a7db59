# One image for API, worker and init; docker-compose.yml says which command each runs.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.base.json tsconfig.build.json ./
COPY packages packages
COPY services services
RUN npm ci --no-audit --no-fund
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/var/lib/posthorn
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY --from=build /app/services services
RUN mkdir -p /var/lib/posthorn && chown node:node /var/lib/posthorn && chmod 700 /var/lib/posthorn
USER node
VOLUME /var/lib/posthorn
EXPOSE 8080 8081
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s CMD ["node", "packages/cli/bin/healthcheck.mjs"]
CMD ["node", "services/api/dist/main.js"]

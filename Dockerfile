# Nightferry's workers and its command line. Debian and not Alpine: the native half of Temporal's SDK needs glibc.
FROM node:20.19.5-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20.19.5-bookworm-slim
# For TLS to databases and to a Temporal of yours: the slim image knows no certificate authority.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production NIGHTFERRY_HOME=/home/node
USER node
ENTRYPOINT ["node", "/app/bin/nightferry.js"]
CMD ["worker"]

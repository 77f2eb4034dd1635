# Speaks the part of the official image's language that compose.yml uses.
ARG bookworm
FROM $bookworm
RUN apt-get update -qq && apt-get install -qq --no-install-recommends postgresql
ENV PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
RUN install --directory --owner=postgres --mode=0700 "$PGDATA" && install --directory --owner=postgres /var/run/postgresql
VOLUME /var/lib/postgresql/data
COPY postgres.entrypoint.sh /usr/local/bin/docker-entrypoint.sh
USER postgres
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]

# Speaks the part of the official image's language that compose.yml uses.
ARG trixie
FROM $trixie
RUN apt-get update -qq && apt-get install -qq --no-install-recommends rabbitmq-server
ENV PATH=/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/bin HOME=/var/lib/rabbitmq RUNNING_UNDER_SYSTEMD=1
RUN echo '[rabbitmq_management].' > /etc/rabbitmq/enabled_plugins \
 && printf 'loopback_users = none\nlog.console = true\n' > /etc/rabbitmq/rabbitmq.conf
VOLUME /var/lib/rabbitmq
USER rabbitmq
CMD ["rabbitmq-server"]

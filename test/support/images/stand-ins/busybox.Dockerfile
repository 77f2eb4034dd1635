ARG bookworm
FROM $bookworm AS packages
RUN apt-get update -qq && apt-get install -qq --no-install-recommends busybox-static
RUN mkdir -p /image/bin /image/tmp && chmod 1777 /image/tmp && cp /bin/busybox /image/bin/
RUN for name in $(busybox --list | grep -vx busybox); do ln -s busybox "/image/bin/$name"; done

FROM scratch
COPY --from=packages /image /
CMD ["/bin/sh"]

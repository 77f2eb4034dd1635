ARG bookworm
FROM $bookworm AS packages
RUN apt-get update -qq && apt-get install -qq --no-install-recommends python3-minimal python3
RUN mkdir -p /image/usr/bin /image/tmp && chmod 1777 /image/tmp \
 && cp -L /usr/bin/python3 /image/usr/bin/python3 \
 && { ldd /usr/bin/python3; ldd /usr/lib/python3*/lib-dynload/*.so; } | grep -o '/[^ ]*' | grep -v ':$' | sort -u \
    | xargs -I '{}' cp --parents -L '{}' /image \
 && cp -r --parents /usr/lib/python3* /etc/passwd /etc/group /etc/os-release /image

FROM scratch
COPY --from=packages /image /
ENTRYPOINT ["/usr/bin/python3"]

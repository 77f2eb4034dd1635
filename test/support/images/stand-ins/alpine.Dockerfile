# A program that is linked against musl shows that the libraries of the agent stay its own.
ARG bookworm
FROM $bookworm AS packages
RUN apt-get update -qq && apt-get install -qq --no-install-recommends busybox-static musl musl-tools
RUN mkdir -p /image/bin /image/etc /image/lib /image/tmp && chmod 1777 /image/tmp && cp /bin/busybox /image/bin/
RUN for name in $(busybox --list | grep -vx busybox); do ln -s busybox "/image/bin/$name"; done
RUN cp /usr/lib/*-linux-musl/libc.so "/image/lib/ld-musl-$(uname -m).so.1"
RUN echo 'int main(void) { return 0; }' > /program.c && musl-gcc -o /image/bin/of-musl /program.c
RUN printf 'NAME="Like Alpine Linux"\nID=alpine\n' > /image/etc/os-release

FROM scratch
COPY --from=packages /image /
RUN ["/bin/of-musl"]
CMD ["/bin/sh"]

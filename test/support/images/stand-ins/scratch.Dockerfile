FROM scratch
ENV PATH=/bin

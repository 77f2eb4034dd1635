ARG ROOT
FROM $ROOT
# Java's packages expect the folder.
RUN mkdir -p /usr/share/man/man1 && apt-get update -qq && apt-get install -qq --no-install-recommends PACKAGES

# The contract of Airbyte's template for Python connectors, so that `docker build .` works without Airbyte's repository.
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE_IMAGE} AS build
# hadolint ignore=DL3002
USER 0
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY source_movidesk ./source_movidesk
# The byte code stays: a container starts a second faster with it. The tests of pandas, 37 MB, are of no use to anybody here.
RUN python -m pip install --no-cache-dir --disable-pip-version-check . \
 && rm -rf /usr/local/lib/python3.*/site-packages/pandas/tests

FROM ${BASE_IMAGE}
COPY --from=build /usr/local /usr/local
WORKDIR /airbyte
# Numeric, so that Kubernetes can see that it is not root.
USER 1000
# The platform reads the variable, everybody else uses the entry point.
ENV AIRBYTE_ENTRYPOINT="/usr/local/bin/source-movidesk"
ENTRYPOINT ["/usr/local/bin/source-movidesk"]
LABEL io.airbyte.name="source-movidesk" \
      io.airbyte.version="0.2.0"

# Build: the wheel, with the console's browser files in it, and the packages of the lock.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements ./requirements
RUN python -m venv /opt/cna \
 && /opt/cna/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.txt
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes -r requirements/build.txt -r requirements/node.txt
COPY . .
RUN /opt/build/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/cna/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index /wheels/*.whl

# Run: no compiler, no node, no root.
FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /home/cna cna \
 && install -d -o cna -g cna -m 0700 /data
COPY --from=build /opt/cna /opt/cna
ENV PATH=/opt/cna/bin:$PATH PYTHONUNBUFFERED=1
USER cna
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["cna", "serve", "--data", "/data", "--host", "0.0.0.0", "--port", "8000"]

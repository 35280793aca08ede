# One image for web, jobs and commands: see compose.yaml.
FROM node:22-bookworm-slim AS bundle
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY frontend frontend
# The build looks for the icons that templates and Python name.
COPY app app
RUN node frontend/build.mjs

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/app.txt /tmp/app.txt
RUN /opt/venv/bin/pip install --quiet --require-hashes -r /tmp/app.txt
COPY translations /tmp/translations
RUN /opt/venv/bin/pybabel --quiet compile --directory /tmp/translations

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin kehu && install -d -o kehu -g kehu /data
ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    KEHU_ENV=production KEHU_DATA_DIR=/data FLASK_APP=run
WORKDIR /srv/kehu
COPY --from=packages /opt/venv /opt/venv
COPY config.py run.py LICENSE NOTICE ./
COPY migrations migrations
COPY app app
COPY --from=packages /tmp/translations translations
COPY --from=bundle /build/app/static/dist app/static/dist
USER kehu
VOLUME /data
EXPOSE 8000
# The server answers to its own names only, so the check uses the first of them.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["python", "-c", "\
import os, urllib.request as u; \
host = os.environ.get('TRUSTED_HOSTS', '').split(',')[0] or 'localhost'; \
u.urlopen(u.Request('http://127.0.0.1:8000/health/ready', headers={'Host': host}), timeout=4)"]
# The number of processes is WEB_CONCURRENCY; with more than one, REDIS_URL must be set.
CMD ["gunicorn", "run:app", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "8", \
     "--timeout", "120", "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm"]

# Two stages: the first has pip and builds, the second has only what runs. BASE_IMAGE needs Python 3.11 or newer with venv.
ARG BASE_IMAGE=python:3.13-slim-bookworm

FROM ${BASE_IMAGE} AS build
WORKDIR /app
RUN python3 -m venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY manage.py ./
COPY config ./config
COPY graphclient ./graphclient
COPY templates ./templates
COPY onboarding ./onboarding
# The values are for this one command, which uses none of them; without them no process starts. The fonts are made by it;
# what makes them goes away.
RUN pybabel -q compile -d onboarding/locale -D django && \
    pybabel -q compile -d onboarding/former_locale -D django && \
    env SECRET_KEY=only-to-collect-static-files ENCRYPTION_KEYS=none ENTRA_CLIENT_ID=none ENTRA_PRIVATE_KEY=none \
        ENTRA_CERTIFICATE=none python manage.py collectstatic --no-input --verbosity 0 && \
    pip uninstall --yes --quiet fontpkg-lato fontpkg fonttools brotli && \
    python -m compileall -q config graphclient onboarding

FROM ${BASE_IMAGE}
ARG RELEASE=""
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin onboarding
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    RELEASE=$RELEASE
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "2", "--no-ws", "config.wsgi:application"]

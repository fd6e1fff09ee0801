import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from onboarding.engine import heartbeats  # noqa: E402 - the application's modules are there from here on

heartbeats.Web().start()

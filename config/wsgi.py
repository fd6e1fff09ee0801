import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# The application's modules are there from here on
from onboarding.engine import heartbeats  # noqa: E402
from onboarding.web import in_progress  # noqa: E402

heartbeats.Web(in_progress.oldest).start()

# What is loaded by now stays as long as the process. The collector of garbage went through all of it again every few
# hundred pages, 75 ms each time, while somebody waited.
gc.collect()
gc.freeze()

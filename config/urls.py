from django.urls import include, path

urlpatterns = [path("", include("onboarding.urls"))]
handler500 = "onboarding.web.lost_database.server_error"

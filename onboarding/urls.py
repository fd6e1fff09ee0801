"""All addresses of the product."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from .views import board, customer, health, link, people, record, staff, wizard

urlpatterns = [
    # staff
    path("sign-in/", staff.sign_in, name="sign_in"),
    path("sign-out/", staff.sign_out, name="sign_out"),
    path("", board.board, name="board"),
    path("customers/new/", customer.customer_new, name="customer_new"),
    path("customers/<int:pk>/", record.record, name="record"),
    path("customers/<int:pk>/edit/", customer.customer_edit, name="customer_edit"),
    path("customers/<int:pk>/link/", record.link_issue, name="link_issue"),
    path("customers/<int:pk>/links/<int:link_pk>/revoke/", record.link_revoke, name="link_revoke"),
    path("customers/<int:pk>/pause/", record.pause, name="pause"),
    path("customers/<int:pk>/resume/", record.resume, name="resume"),
    path("customers/<int:pk>/steps/<slug:key>/", wizard.step, name="step"),
    path("customers/<int:pk>/steps/<slug:key>/approve/", wizard.step_approve, name="step_approve"),
    path("customers/<int:pk>/steps/<slug:key>/look/", wizard.step_look, name="step_look"),
    path("customers/<int:pk>/users/", people.people, name="people"),
    path("customers/<int:pk>/users.csv", people.people_csv, name="people_csv"),
    # the customer's admin
    path("l/<str:token>/", link.link, name="link"),
    path("l/<str:token>/begin/", link.begin, name="link_begin"),
    path("consent/signed-in/", link.signed_in, name="consent_signed_in"),
    path("consent/granted/", link.granted, name="consent_granted"),
    path("progress/", link.progress, name="progress"),
    # everybody
    path("language/", set_language, name="language"),
    path("healthz", health.healthz, name="healthz"),
]

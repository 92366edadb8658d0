import os

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "health_check",
    "health_check.db",
    "books",
]
ROOT_URLCONF = "library.urls"
STATIC_ROOT = "/app/static"

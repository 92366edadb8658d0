rootProject.name = "travel"

include("services:booking", "libraries:dates")

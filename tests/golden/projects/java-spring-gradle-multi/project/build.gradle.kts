plugins {
    alias(libs.plugins.spring.boot) apply false
}

allprojects {
    group = "com.example.travel"
    version = "${property("release")}"
}

subprojects {
    description = "Part of travel"
    version = "$travelVersion"
}

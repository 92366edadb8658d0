plugins {
    id("io.micronaut.application") version "4.4.3"
}

version = "0.1"
group = "com.example"

dependencies {
    implementation("io.micronaut:micronaut-management")
    runtimeOnly("ch.qos.logback:logback-classic")
}

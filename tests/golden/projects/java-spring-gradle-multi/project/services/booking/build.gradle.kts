/* A comment: plugins { id("war") } */
plugins {
    alias(libs.plugins.spring.boot)
    alias(libs.plugins.kotlin.jvm)
    application
}

dependencies {
    implementation(project(":libraries:dates"))
    implementation(libs.bundles.web)
    implementation(libs.jackson) // implementation("a:b:c")
    testImplementation("org.springframework.boot:spring-boot-starter-web")
}

application {
    mainClass.set("com.example.BookingKt")
}

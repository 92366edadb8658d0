"""Java and its kin: what Maven and Gradle know, and the frameworks that applications are made with."""

rootProject.name="seats"

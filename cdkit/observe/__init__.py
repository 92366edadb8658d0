"""A picture of some objects of a cluster, kept current by watches."""

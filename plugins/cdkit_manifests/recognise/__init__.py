"""Understanding what several kinds of projects have in common: command lines, routes, images, licences."""

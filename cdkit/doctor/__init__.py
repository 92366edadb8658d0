"""Whether cdkit finds here what it needs: one file a check, all asked at once, each with an answer in a few seconds."""

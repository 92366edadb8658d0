"""From the text of a pipeline file to a validated graph of steps. Nothing here touches the world."""

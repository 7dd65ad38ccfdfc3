"""How well the site does what it is for, measured from outside by its own canary and told to everyone at /status."""

"""What the processes write down for whoever runs the site: one line an event, without what people wrote or may keep."""

"""What leaves the site by mail: to whom, what the mail says, and sending it until it is gone."""

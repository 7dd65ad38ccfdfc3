"""Many operations by many people over several nodes, with cuts; then what each has must be what the site has.

Each client keeps what a page keeps, by applying the frames that came through its gates. From time to time all fall
silent, and what they have is compared with what a new socket and the REST API give, and the log with the answers.
"""

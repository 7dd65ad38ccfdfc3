"""Churn: people come and go for an hour, in every way one can go, and nothing of them may stay behind in the node.

`plan` draws the visits, `visitor` makes one, `door` lets them in at a rate, `meter` reads what the node holds, `report`
judges, `plot` draws.
"""

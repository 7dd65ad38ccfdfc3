#!/bin/sh
# Fills in what deploy/nginx/collab.conf leaves to the host, as it is in deploy/compose.yaml. NGINX's image runs this first.
# Arguments, for a try elsewhere: from where, to where.
set -eu
from=${1:-/collab-nginx}
to=${2:-/etc/nginx}
host=${SITE_URL#*://}

for file in nginx.conf collab.conf collab-node.conf; do
    sed -E \
        -e '/# HERE: delete without IPv6/d' \
        -e "/# HERE/s|chat\.example\.org|${host%%/*}|g" \
        -e '/# HERE/s|127\.0\.0\.1:8001|172.30.77.11:8000|' \
        -e '/# HERE/s|127\.0\.0\.1:8002|172.30.77.12:8000|' \
        -e '/# HERE/s|user www-data;|user nginx;|' \
        -e '/# HERE/s|/var/log/nginx/collab\.log|/dev/stdout|' \
        -e '/# HERE/s|/var/log/nginx/error\.log|/dev/stderr|' \
        -e 's|# HERE.*||' \
        "$from/$file" >"$to/$file"
done

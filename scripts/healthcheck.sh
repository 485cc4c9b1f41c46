#!/bin/bash
# The image's health check: whether the server in this container answers /healthz with 200, at the address where it listens.
# bash speaks TCP by itself, so that no curl has to be in the image. It does not speak TLS: with a certificate, set
# MENAGERIE_ADMIN_BIND as well, whose port stays plain.
set -u

address=${MENAGERIE_ADMIN_BIND:-$MENAGERIE_BIND}
port=${address##*:}
host=${address%:*}
host=${host#[}
host=${host%]}
# An address of every interface is none to connect to.
case $host in
    0.0.0.0) host=127.0.0.1 ;;
    ::) host=::1 ;;
esac
exec 3<>"/dev/tcp/$host/$port" || exit 1
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
read -r _ status _ <&3 || exit 1
[ "$status" = 200 ]

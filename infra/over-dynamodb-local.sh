# shellcheck shell=sh
# For scripts that serve as in production: `. infra/over-dynamodb-local.sh` starts DynamoDB Local with all tables.
#
# It sets $python, $folder, which is temporary, and what the service reads from its environment. Whatever the script puts
# into $service as a process ends with it, and so does DynamoDB Local with all that was stored.
python=.venv/bin/python
dynamodb_port=$($python -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')

export DJANGO_SETTINGS_MODULE=project.settings.production
export ALLOWED_HOSTS=127.0.0.1,localhost
DJANGO_SECRET_KEY=$($python -c 'import secrets; print(secrets.token_urlsafe(50))')
export DJANGO_SECRET_KEY
export AWS_REGION=us-east-1
export AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:$dynamodb_port"
# It takes any credential. Nothing of the caller's own may lead to AWS instead, nor over a proxy.
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=none NO_PROXY=127.0.0.1
# Without a key there is still something to ask.
echo_provider='[{"kind":"echo"}]'
export PROVIDERS="${PROVIDERS:-$echo_provider}"
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS SSM_PREFIX

folder=$(mktemp -d)
infra/dynamodb-local/serve "$dynamodb_port" >"$folder/dynamodb.log" 2>&1 &
dynamodb=$!
service=
stop() {
  # shellcheck disable=SC2086  # there may be no service yet
  kill $service $dynamodb 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

until $python -c "import socket; socket.create_connection(('127.0.0.1', $dynamodb_port))" 2>/dev/null; do
  if ! kill -0 $dynamodb 2>/dev/null; then
    cat "$folder/dynamodb.log" >&2
    exit 1
  fi
  sleep 0.2
done
$python manage.py create_tables

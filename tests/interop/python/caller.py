"""Calls whoever handles a message path: python3 caller.py PATH TEXT"""
import os, sys, uuid
import pika

prefix = os.environ.get("RB_PREFIX", "rb1")
path, text = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URI"]))
channel = connection.channel()
channel.confirm_delivery()
# region call
replies = channel.queue_declare("", exclusive=True).method.queue
request = pika.BasicProperties(reply_to=replies, correlation_id=str(uuid.uuid4()), content_type="text/plain", expiration="5000")
try:
    channel.basic_publish(f"{prefix}.request", path.replace("/", "."), text, request, mandatory=True)
except pika.exceptions.UnroutableError:
    sys.exit(f"Nobody handles '{path}'.")
# endregion

for _, answer, body in channel.consume(replies, auto_ack=True, inactivity_timeout=60):
    if answer is None:
        sys.exit("There was no answer in time.")
    if answer.correlation_id != request.correlation_id:
        continue
    headers = answer.headers or {}  # A service that knows nothing of RabbitBridge sets none.
    if headers.get("rb-status") == "error":
        sys.exit(f"{headers['rb-error']}: {body.decode()}")
    print(body.decode())
    break
connection.close()

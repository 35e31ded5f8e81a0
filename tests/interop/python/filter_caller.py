"""Asks all sessions that a filter selects, and collects their answers: python3 filter_caller.py FILTER PATH TEXT"""
import os, sys, uuid
import pika

prefix = os.environ.get("RB_PREFIX", "rb1")
text_filter, path, text = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URI"]))
channel = connection.channel()
channel.confirm_delivery()
replies = channel.queue_declare("", exclusive=True).method.queue
request = pika.BasicProperties(
    reply_to=replies, correlation_id=str(uuid.uuid4()), content_type="text/plain", expiration="5000", headers={"rb-filter": text_filter})
try:
    channel.basic_publish(f"{prefix}.session", path.replace("/", "."), text, request, mandatory=True)
except pika.exceptions.UnroutableError:
    sys.exit("No gateway has a session.")

# Each gateway with sessions tells to how many it has sent the request; each of these answers, or its gateway for it.
counted = answered = 0
for _, answer, body in channel.consume(replies, auto_ack=True, inactivity_timeout=2):
    if answer is None and answered >= counted:
        break
    if answer is None or answer.correlation_id != request.correlation_id:
        continue
    if answer.headers["rb-status"] == "count":
        counted += answer.headers["rb-count"]
        continue
    if "rb-session" not in answer.headers:
        sys.exit(f"{answer.headers['rb-gateway']}: {answer.headers['rb-error']}: {body.decode()}")
    answered += 1
    print(answer.headers["rb-session"], answer.headers.get("rb-error", "ok"), body.decode())
print(f"{answered} of {counted} sessions")
connection.close()

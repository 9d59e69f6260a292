"""The only code that calls Meta.

app            whose Meta app calls: the platform's or a workspace's own
line           one channel's plain values, all that a call needs
session        one pooled session per process
client         HTTP: the proof, time-outs, what counts as an answer
calls          the row that each call leaves, without a secret in it
masking        what a secret looks like
errors         GraphError: what happened, in words for an agent, and what may be done
meanings       Meta's numbers for errors, and what they mean (meanings_whatsapp: WhatsApp's; meaning_kinds: the kinds)
usage          Meta's usage headers, and the pauses that they ask for
content        what is sent and to whom, before it has any platform's shape
limits         what each platform allows
splitting      text cut to measure
sending        messages, reactions, typing, read marks
bodies         the shapes that the platforms want
uploads        a file on its way to Meta, read piece by piece
media          a file on its way from Meta
guard          downloads keep out of private networks
profiles       who the customer is
accounts       what a token opens: pages, numbers, names
oauth          Facebook Login, Instagram Login, renewed tokens
subscriptions  which webhooks an account sends
"""

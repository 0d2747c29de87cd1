"""Logs, JSON, URLs, tables, configuration and code. `«kind»` stands for a value that has to be found."""

from __future__ import annotations

FOUND = r"""
«ipv4» - - [10/Oct/2025:13:55:36 +0000] "GET /a.gif HTTP/1.1" 200 2326 "-" "Chrome/«browser_version» Safari/537.36"
«timestamp» INFO client=«ip» status=200 duration=«ms»ms
«timestamp» WARN login failed user=«ascii_email» ip=«ip»
level=error msg="mail to «ascii_email» bounced" attempt=«n»
Failed password for root from «ipv4» port «port» ssh2
Oct 10 13:55:36 web sshd[«port»]: Accepted publickey for deploy from «ipv4» port «port»
remote_addr: «ip», x_forwarded_for: «ipv4», «ipv4»
ping: connect to «ip»: Network is unreachable
http://«ipv4»:8080/health
curl -s https://«ipv4»/api/v1/users?page=2
redis://«ipv4»:6379/0
http://[«ipv6»]:8080/index.html
nameserver «ipv4»
server «ipv4»:«port» weight=5;
bind: «ipv4»
listen «ipv4»:443 ssl;
DB_HOST=«ipv4»
host: "«ipv4»"
inet «ipv4»/24 brd «ipv4» scope global eth0
inet6 «ipv6»/64 scope link
allow «ipv4»/32;
ssh admin@«ipv4» uptime
Reply from «ipv4»: bytes=32 time=14ms TTL=117
 3  «ipv4» («ipv4»)  11.312 ms  10.989 ms
{"email": "«ascii_email»", "ip": "«ip»", "id": «id»}
{"to":"«ascii_email»","from":"«ascii_email»","subject":"Re: «n»"}
{"cpf":"«cpf»","phone":"«phone»","createdAt":"«timestamp»"}
{"customer":{"document":"«cnpj»","card":"«card»"},"total":«n»}
{"document": «cpf_digits», "company": «cnpj_digits»}
{"text": "linha um\n«cpf»\n«email»\nfim"}
{"from":"\u003c«ascii_email»\u003e"}
https://example.com/invite?email=«ascii_email»&ref=«id»
https://example.com/users?cpf=«cpf_digits»&page=«n»
https://wa.me/?phone=«e164»
mailto:«ascii_email»?subject=hi
<a href="mailto:«ascii_email»">«ascii_email»</a>
| Ana | «ascii_email» | «phone» |
|«cpf»|«ascii_email»|«ipv4»|
«id»,Ana Silva,«ascii_email»,«cpf»,«phone»
«id»;«cnpj»;«ascii_email»;ATIVO
"Ana","«card»","11/28","«ascii_email»"
nome: Ana
cpf: «cpf»
telefone: «celular»
Author: Ana Silva <«ascii_email»>
git config user.email "«ascii_email»"
Signed-off-by: Ana Silva <«ascii_email»>
ADMINS = [("Ana", "«ascii_email»")]
EMAIL_FROM='«ascii_email»'
user = User(email="«ascii_email»", cpf="«cpf»")
INSERT INTO users VALUES (1, 'Ana', '«ascii_email»', '«cpf»', '«phone»');
SELECT * FROM users WHERE email = '«ascii_email»' AND ip = '«ipv4»'
assert mask("«cpf»") == "***"
const phone = "«phone»"; // «ascii_email»
# maintainer: «ascii_email»
<td>«cnpj»</td><td>«phone»</td>
<email>«ascii_email»</email><ip>«ip»</ip>
iptables -A INPUT -s «ipv4» -j DROP
dig +short example.com @«ipv4»
X-Forwarded-For: «ipv4», «ipv4»
Received: from mail.example.com ([«ipv4»]) by mx.example.net
tcp 0 0 «ipv4»:443 «ipv4»:«port» ESTABLISHED
"remoteIp": "«ip»", "userAgent": "curl/8.4.0"
""".strip().splitlines()

# The same with a number or an address as software encodes it.
ENCODED = r"""
GET /search?q=%22ana%22&mail=«ascii_email»
GET /cadastro?cnpj=«cnpj»&pagina=«n»
doc=«cpf»
CPF«cpf_digits»
CNPJ«cnpj_digits»
""".strip().splitlines()

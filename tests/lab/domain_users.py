#!/usr/bin/python3
"""domain_users.py SMB_CONF PASSWORD FOLDER: the accounts of kerberos_test.sh, before the domain controller runs, and in
one go, as samba-tool needs a second for each. Every one is wrong in another way, but joe and late. FOLDER gets the
keytabs, that of stale from before its password was changed. To be run three days ago."""
import sys
import time

import ldb
from samba import dckeytab  # noqa: F401 (gives Net its export_keytab)
from samba.auth import system_session
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

NT_EPOCH_S = 11644473600
NEVER = bytes(21)  # no hour of the week

conf, password, folder = sys.argv[1:]
lp = LoadParm(conf)
sam = SamDB(lp=lp, session_info=system_session(), url=lp.private_path('sam.ldb'))


def user(name, **attributes):
    must_change = attributes.pop('must_change', False)
    sam.newuser(name, password, force_password_change_at_next_login_req=must_change)
    dn = sam.search(expression=f'(sAMAccountName={name})', attrs=[])[0].dn
    change = ldb.Message(dn)
    for key, value in attributes.items():
        change[key] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, key)
    if attributes:
        sam.modify(change)


def policy_of_ages(name, member):
    """A password of that account is old after two days; Samba takes one day, and less, for never."""
    base = f'CN=Password Settings Container,CN=System,{sam.domain_dn()}'
    ages = {'msDS-PasswordSettingsPrecedence': '1', 'msDS-PasswordReversibleEncryptionEnabled': 'FALSE',
            'msDS-PasswordHistoryLength': '0', 'msDS-PasswordComplexityEnabled': 'FALSE',
            'msDS-MinimumPasswordLength': '0', 'msDS-MinimumPasswordAge': '0',
            'msDS-MaximumPasswordAge': '-1728000000000', 'msDS-LockoutThreshold': '0',
            'msDS-LockoutObservationWindow': '-10000000', 'msDS-LockoutDuration': '-10000000'}
    sam.add({'dn': f'CN={name},{base}', 'objectClass': 'msDS-PasswordSettings', **ages,
             'msDS-PSOAppliesTo': str(sam.search(expression=f'(sAMAccountName={member})', attrs=[])[0].dn)})


yesterday = str((int(time.time()) - 86400 + NT_EPOCH_S) * 10000000)
sam.transaction_start()
for name in 'joe', 'late', 'tried', 'stale':
    user(name)
user('gone', userAccountControl='514')
user('anew', must_change=True)
user('past', accountExpires=yesterday)
user('asleep', logonHours=NEVER)
user('elsewhere', userWorkstations='NOT-THIS-ONE')
user('old')
policy_of_ages('old passwords', 'old')
# Two wrong passwords lock an account.
change = ldb.Message(ldb.Dn(sam, sam.domain_dn()))
change['lockoutThreshold'] = ldb.MessageElement('2', ldb.FLAG_MOD_REPLACE, 'lockoutThreshold')
sam.modify(change)
sam.transaction_commit()

for name in 'stale', 'Administrator':
    Net(None, lp).export_keytab(keytab=f'{folder}/{name}.keytab', principal=f'{name}@{lp.get("realm")}')
sam.setpassword('(sAMAccountName=stale)', password + 'x')

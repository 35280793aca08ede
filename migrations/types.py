"""Column types of migrations, per database."""

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

Moment = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
Amount = sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite")

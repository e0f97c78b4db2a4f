"""Invented names and texts, Brazilian in sound. None of them is anybody's."""

FIRST_NAMES = (
    "Anaí", "Benício", "Caetana", "Dorival", "Elisandra", "Fabrício", "Gislaine", "Heitor", "Iracema", "Jandira",
    "Klébio", "Lucimar", "Marilúcia", "Nivaldo", "Odete", "Pietra", "Quirino", "Rosângela", "Silvério", "Tainá",
    "Ubirajara", "Valquíria", "Wanderleia", "Ximena", "Yasmin", "Zuleide",
)  # fmt: skip
LAST_NAMES = (
    "Abranches", "Bragança", "Camargal", "Dornelas", "Estrelado", "Figueiral", "Goulartes", "Holandino", "Itaquera",
    "Jacarandá", "Lagoeiro", "Montalvão", "Nogueiral", "Oliveiral", "Pedrosal", "Quintanilha", "Ribeiral", "Serrano",
    "Tavoral", "Umbuzeiro", "Vilaverde", "Ximenal",
)  # fmt: skip
COMPANY_NAMES = (
    "Padaria Sol Nascente", "Transportes Rio Manso", "Clínica Bem Cuidar", "Mercado Três Ipês", "Gráfica Papel Fino",
    "Escola Passo a Passo", "Oficina Roda Firme", "Construtora Pedra Azul", "Farmácia Boa Hora", "Hotel Serra Clara",
    "Cooperativa Campo Verde", "Livraria Página Um",
)  # fmt: skip
DEPARTMENTS = ("Financeiro", "Recursos Humanos", "Compras")
BRANCHES = ("Comércio", "Logística", "Saúde", "Educação", "Serviços", "Indústria")
STREETS = ("Rua das Palmeiras", "Avenida do Contorno", "Rua Sete Lagoas", "Travessa do Sabiá", "Alameda dos Ipês")
CITIES = (
    ("São Paulo", "SP"), ("Belo Horizonte", "MG"), ("Curitiba", "PR"), ("Recife", "PE"), ("Florianópolis", "SC"),
    ("Goiânia", "GO"),
)  # fmt: skip
DISTRICTS = ("Centro", "Jardim América", "Vila Nova", "Boa Vista", "Santa Luzia")
COMPLEMENTS = ("Sala 12", "Bloco B", "Fundos", "2º andar", "Loja 3")
REFERENCES = ("ao lado da praça", "em frente ao posto", "perto da estação", "esquina com a igreja")
ROLES = ("Analista", "Compras", "Gerente", "Assistente", "Diretora", "Auxiliar administrativo")
CLASSIFICATIONS = ("VIP", "Padrão", "Em implantação")

SUBJECTS = (
    "Impressora parada", "Novo acesso ao sistema", "Erro ao emitir nota", "Lentidão na rede", "Senha expirada",
    "Dúvida sobre relatório", "Troca de equipamento", "Falha na integração", "Backup não concluído", "E-mail não chega",
    "Atualização de cadastro", "Pedido de treinamento", "Boleto em duplicidade", "Tela congelada", "Telefone sem linha",
)  # fmt: skip
OPENINGS = (
    "Bom dia,\r\nO problema começou hoje cedo.", "Preciso de ajuda com urgência.", "Segue o erro em anexo.",
    "Já reiniciei e continua igual.\r\nObrigada.", "Favor verificar & retornar <hoje>.",
)  # fmt: skip
ANSWERS = (
    "Visita feita.", "Estamos verificando.", "Acesso liberado.", "Peça solicitada ao fornecedor.",
    "Orientação passada por telefone.\r\nAguardando retorno.", "Ajuste aplicado no servidor.",
)  # fmt: skip
CATEGORIES = ("Dúvida", "Problema", "Solicitação", "Sugestão")
URGENCIES = ("Baixa", "Média", "Alta", "Urgente")
TAGS = ("urgente", "visita", "faturamento", "rede", "recorrente", "treinamento", "duplicado")
COMMENTS = ("Bom atendimento", "Demorou um pouco", "Excelente!", "Não resolveu", "", "Muito atenciosos")
EXPENSE_TYPES = ("Transporte", "Alimentação", "Estacionamento", "Hospedagem", "Peças")
FILES = ("Relatorio.pdf", "foto da tela.png", "log.txt", "orçamento.xlsx", "contrato assinado.pdf")
